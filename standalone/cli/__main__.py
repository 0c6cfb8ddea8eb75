"""`python -m standalone.cli`: the same as `scenedesk`, where scripts are not on the path."""

from standalone.cli import main

if __name__ == "__main__":
    main()
