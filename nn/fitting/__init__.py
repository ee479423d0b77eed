"""nn.fit: the training loop, with what it checks, measures, shows and keeps."""
