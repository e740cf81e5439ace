"""Customer sentiment analysis: `python run.py --help`."""

from commands.root import root

if __name__ == "__main__":
    root(prog_name="python run.py")
