"""The embedded default: Maildir and SMTP submission, .ics calendars and publishing."""
