//! The command line: these structs' doc comments are the help.
