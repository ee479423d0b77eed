"""What is drawn: boxes, values and wires, with what is wrong with them; folded, merged and cut until they fit."""
