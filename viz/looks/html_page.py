"""A page for one picture: nothing is loaded, nothing runs, and the words are there for who cannot see it."""

from __future__ import annotations

import html
import re
from string import Template

_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title>
<style>
:root { color-scheme: light dark; }
body { margin: 1rem; font: 15px/1.5 system-ui, Arial, sans-serif; color: light-dark(#16191c, #e8eaec);
  background: light-dark(#f4f6f8, #14171a); }
/* the picture has the title, too */
h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
figure { margin: 0; padding: .5rem; overflow: auto; border-radius: 6px; background: #ffffff; }
figure svg { display: block; margin: auto; }
details { margin-top: 1rem; }
summary { cursor: pointer; }
pre { overflow: auto; font-size: 13px; }
</style>
</head>
<body>
<main>
<h1>$title</h1>
<figure tabindex="0">$svg</figure>
<details>
<summary>The picture in words</summary>
<pre tabindex="0">$text</pre>
</details>
</main>
</body>
</html>
""")


def page(title: str, svg: str, text: str) -> str:
    """Put a picture into a page. Its ground stays white in the dark, as its colours need.

    Args:
        title: any text.
        svg: an element.
        text: the picture in words.

    Returns:
        HTML.

    Example:
        >>> "<title>a &lt; b</title>" in page("a < b", "<svg></svg>", "")
        True
    """
    return _PAGE.substitute(title=html.escape(title), svg=svg, text=html.escape(text))


def described(svg: str, title: str, text: str) -> str:
    """Give an SVG a name and a description, which browsers read to who cannot see it.

    Args:
        svg: a document, or an element, as Graphviz writes it.
        title: any text that XML can hold.
        text: the picture in words, likewise.

    Returns:
        The same with a ``<title>`` and ``<desc>`` in its outermost element.

    Example:
        >>> described('<svg width="9pt"><g/></svg>', "a < b", "two boxes")
        '<svg role="img" width="9pt"><title>a &lt; b</title>\\n<desc>two boxes</desc><g/></svg>'
    """
    words = f"<title>{html.escape(title)}</title>\n<desc>{html.escape(text)}</desc>"
    return re.sub(r"<svg\b([^>]*)>", lambda match: f'<svg role="img"{match[1]}>{words}', svg, count=1)
