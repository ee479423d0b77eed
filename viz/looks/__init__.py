"""How a picture looks: pens, captions, marks and the legend; written in DOT, and drawn by Graphviz."""
