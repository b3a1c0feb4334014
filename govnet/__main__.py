"""python -m govnet"""

from govnet.cli import main

main()
