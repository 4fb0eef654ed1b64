"""Starts the CRM on loopback: `python -m sandbox --accounts 150`."""

import asyncio
import json
import logging
import os
import signal
import stat
import sys
from collections.abc import Sequence

from sandbox.app import build_app
from sandbox.certificate import Certificate, throw_away_certificate
from sandbox.faults import FaultPlan
from sandbox.fill import fill, speakers
from sandbox.load import read_fault_file
from sandbox.options import Options, read_options
from sandbox.refused import Refused
from sandbox.server import Ports, open_ports, serve
from sandbox.switches import set_switches
from sandbox.world import Clock, World


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 after an ordered end, 2 where arguments or files are wrong (one line on stderr says how)."""
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(message)s")
    try:
        options = read_options(arguments)
        with open_ports(options.port, options.http_port) as ports, throw_away_certificate() as certificate:
            asyncio.run(_run(options, ports, certificate))
    except Refused as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    return 0


async def _run(options: Options, ports: Ports, certificate: Certificate) -> None:
    stop = asyncio.Event()
    _listen_for_the_end(stop, with_parent=options.exit_with_parent)
    world = World(clock=Clock(options.now))
    set_switches(world.switches, options.switches)
    faults = FaultPlan()
    if options.faults:
        faults.add(read_fault_file(options.faults))
    dialects = speakers(world)
    fill(world, dialects, options)

    def ready() -> None:
        sys.stdout.write(
            json.dumps({**ports.urls(), "ca_file": str(certificate.ca_file), "pid": os.getpid()}) + "\n"
        )
        sys.stdout.flush()

    await serve(build_app(world, dialects, faults), ports, certificate, ready=ready, stop=stop)


def _listen_for_the_end(stop: asyncio.Event, *, with_parent: bool) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if not with_parent:
        return
    if not _is_pipe(sys.stdin.fileno()):
        raise Refused(
            "--exit-with-parent: standard input is no pipe, so its end would never be seen; start with a pipe as stdin"
        )

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            stop.set()

    loop.add_reader(sys.stdin.fileno(), read)


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
