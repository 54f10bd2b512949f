"""HTTP in, JSON out: each view finds what the user may see, calls one function, answers."""
