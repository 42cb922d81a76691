"""Which source has more say about contact hours, as priorities of RFC 7953 (1 most, 9 least).

Weekly hours < seasons < available times in calendars < holidays < dated exceptions < busy entries of a
calendar that closes < out of office < one-off commands. A dated exception is meant for just that day, so
it has more say than a holiday (whoever writes "2026-12-24, 10:00-12:00" knows what day it is); it is
written weeks ahead, so an out-of-office entry, made when one falls ill, has more say than it; and what is
commanded by hand comes last and is meant. A calendar's available times are another way to write ordinary
hours, so holidays still close them.
"""

WEEKLY = 9
SEASONS = 8
CALENDAR_AVAILABLE = 7
HOLIDAYS = 6
EXCEPTIONS = 5
CALENDAR_BUSY = 4
OUT_OF_OFFICE = 3
BY_HAND = 1
