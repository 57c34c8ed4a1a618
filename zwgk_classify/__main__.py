"""``python -m zwgk_classify``."""

from zwgk_classify.cli import main

if __name__ == "__main__":
    main()
