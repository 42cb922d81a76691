"""What the program costs, each figure a ratio to a peer measured in the same run (`make bench`)."""
