"""Plain words for what would run and why (`make status`) and for how a file was made (`make why`)."""
