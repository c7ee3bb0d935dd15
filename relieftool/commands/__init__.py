"""One function per subcommand: read options, call a service, show the result, set the exit code."""
