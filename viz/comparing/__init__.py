"""Two computations as one picture: what is the same in both, what came and went, and by how much gradients changed."""
