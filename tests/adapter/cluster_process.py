"""A scheduler with its workers, each a process of its own, for tests: run as a program by `clusters.Cluster`.

Prints the address, then obeys line by line: `scale N` workers, and `tasks`, which prints how many the scheduler knows.
It ends with its standard input, so it doesn't outlive the tests.
"""

import sys
import time

from distributed import LocalCluster


def main() -> None:
    cluster = LocalCluster(
        n_workers=int(sys.argv[1]),
        processes=True,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        memory_limit=0,
    )
    print(cluster.scheduler_address, flush=True)
    for line in sys.stdin:
        match line.split():
            case ["scale", number]:
                cluster.scale(int(number))
                while len(cluster.scheduler.workers) != int(number):
                    time.sleep(0.01)
                print("scaled", flush=True)
            case ["tasks"]:
                print(len(cluster.scheduler.tasks), flush=True)
    cluster.close()


if __name__ == "__main__":
    main()
