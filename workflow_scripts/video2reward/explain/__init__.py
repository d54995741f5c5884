"""Reports in plain words: what would run and why (`make status`), and how a file was made (`make why`)."""
