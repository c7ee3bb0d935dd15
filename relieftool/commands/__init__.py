"""One small function for each subcommand: read options, call one service, show, choose the code."""
