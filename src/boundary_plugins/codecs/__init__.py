"""The only modules that know iCalendar and MIME: bytes in, values out."""
