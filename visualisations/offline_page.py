"""Pages that ask the network for nothing: one file with everything in it, and a policy that forbids the rest.

A page's data stand in ``<script type="application/json">`` blocks, which are never executed. The scripts and styles are
ours and allowed by their hash; the policy refuses all others, every request and every form. Even text that got into the
page as markup by a mistake of ours could not run, load or send anything.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

import jinja2
import orjson
from markupsafe import Markup

_TEMPLATES = files("visualisations") / "templates"


@cache
def template_text(name: str) -> str:
    """Return a file of ``templates/`` as text."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def script(*names: str) -> str:
    """Return the named files as one script in one scope of its own, in this order."""
    body = "\n".join(template_text(name) for name in names)
    return f'(function () {{\n"use strict";\n{body}\n}})();\n'


@cache
def style(*names: str) -> str:
    """Return the named style sheets as one."""
    return "\n".join(template_text(name) for name in names)


@cache
def template(name: str, scripts: tuple[str, ...], styles: tuple[str, ...]) -> jinja2.Template:
    """Return a file of ``templates/`` to be filled, in which all is escaped and only these scripts run.

    The template gets ``csp``, ``scripts`` and ``styles``; what else it asks for must be given. ``scripts`` and
    ``styles`` are full texts, ours or vis-network's. Made once: to compile it and to go through the half megabyte of
    vis-network takes longer than to fill it.
    """
    for text in (*scripts, *styles):
        if "</script" in text.lower() or "</style" in text.lower():
            raise ValueError("a script or style that ends its own element can't be put into a page")
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(template_text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["json.dumps_function"], made.policies["json.dumps_kwargs"] = _json, {}
    made.globals.update(
        csp=policy(scripts, styles),
        scripts=[Markup(text) for text in scripts],  # noqa: S704  ours and vis-network's, checked above
        styles=[Markup(text) for text in styles],  # noqa: S704  as above
    )
    return made.get_template(name)


def _json(data: object) -> str:
    """Return data as JSON in which the keys are in order; the template escapes what HTML would take for more."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()


def policy(scripts: tuple[str, ...], styles: tuple[str, ...]) -> str:
    """Return the policy that allows these texts by their hash, pictures made in the page, and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src " + " ".join(map(_hash, scripts)),
            "style-src " + " ".join(map(_hash, styles)),
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


@cache
def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
