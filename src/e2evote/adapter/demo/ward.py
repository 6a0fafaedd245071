"""The demonstration's votes where no file of ballots is at hand: one real ward, first preferences only.

Glasgow City Council election of 3 May 2012, ward 6, Pollokshields: three seats, 7,558 valid ballots. The candidates and
the number of first preferences of each are facts that the council published; here they were counted from the public
records of all ballots (github.com/mggg/scot-elex), of which a file in the BLT format has the lower preferences too.
"""

from types import MappingProxyType

TITLE = "Glasgow City Council 2012, ward 6 (Pollokshields)"
SOURCE = "published first preferences of the Glasgow City Council election of 3 May 2012, ward 6"
SEATS = 3

FIRST_PREFERENCES = MappingProxyType(
    {
        "Bill Fraser": 220,
        "Akhtar Khan": 91,
        "Norman Macleod": 1657,
        "Khalil Malik": 1437,
        "Patrick Mcaleer": 608,
        "David Meikle": 1674,
        "Andrina Morrison": 43,
        "Hanif Raja": 1828,
    }
)
