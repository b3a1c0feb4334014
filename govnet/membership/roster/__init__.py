"""Lists of people from other programs: read, looked at, brought in, taken back, handed out."""
