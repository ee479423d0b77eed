"""A Figure that notebooks show. Import this module only where matplotlib is there."""

from io import BytesIO

from matplotlib.figure import Figure


class ShownFigure(Figure):
    """Notebooks show figures that pyplot knows, and objects that have a picture of themselves. This is one of those."""

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()
