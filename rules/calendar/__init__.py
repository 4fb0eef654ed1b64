"""Working time: which days and hours count, in every time zone, across holidays and clock changes."""
