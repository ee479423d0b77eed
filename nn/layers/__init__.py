"""Layers: what models are built of. All are public as ``nn.Name``."""
