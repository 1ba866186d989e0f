"""`python -m eservices_adapters.cli` is the command `eservices`."""

from eservices_adapters.cli import main

if __name__ == "__main__":
    main()
