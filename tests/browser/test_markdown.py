"""Discord's markdown, as the page shows it: by what its help page and its own client do."""

import pytest

from tests.browser.conftest import Tab

pytestmark = pytest.mark.browser

NAMES = {"users": {"7": "Dana"}, "roles": {"8": "Traders"}, "channels": [{"id": "9", "name": "plans"}]}
SHOW = """
const [texts, names, done] = arguments;
const box = document.createElement("div");
import("/page/markdown.js").then(({ markdown }) =>
  done(texts.map((text) => (box.replaceChildren(markdown(text, names)), box.innerHTML))));
"""
SHOWN = {
    "plain": "<p>plain</p>",
    "one\ntwo\n\nthree": "<p>one\ntwo\n\nthree</p>",
    "**b** *i* _i_ __u__ ~~s~~ `c*c*`": (
        "<p><strong>b</strong> <em>i</em> <em>i</em> <u>u</u> <s>s</s> <code>c*c*</code></p>"
    ),
    "**over\ntwo lines**": "<p><strong>over\ntwo lines</strong></p>",
    "***both*** ___both___": "<p><em><strong>both</strong></em> <em><u>both</u></em></p>",
    "*a **b***": "<p><em>a <strong>b</strong></em></p>",
    "NQ_F and ES_F": "<p>NQ_F and ES_F</p>",
    "2 * 3 * 4 and 2*3": "<p>2 * 3 * 4 and 2*3</p>",
    r"\*no\* **open": "<p>*no* **open</p>",
    "** __ ~~": "<p>** __ ~~</p>",
    "# Big\n### Small\n-# soft\n#none": (
        '<p class="head head-1">Big</p><p class="head head-3">Small</p><p class="small">soft</p><p>#none</p>'
    ),
    "- one\n  - two\n* three\n\n-four": (
        '<p class="item">\u2022 one</p><p class="item">  \u2022 two</p><p class="item">\u2022 three</p><p>\n-four</p>'
    ),
    "~~old~~ \u2192 **new**, ~~a~~**b****c**": (
        "<p><s>old</s> \u2192 <strong>new</strong>, <s>a</s><strong>b**</strong>c**</p>"
    ),
    "https://a.example/x**, <https://b.example/y>": (
        '<p><a href="https://a.example/x**" rel="noopener noreferrer" target="_blank">https://a.example/x**</a>, '
        '<a href="https://b.example/y" rel="noopener noreferrer" target="_blank">https://b.example/y</a></p>'
    ),
    "> a\n> **b**\nc": "<blockquote><p>a\n<strong>b</strong></p></blockquote><p>c</p>",
    "a\n>>> b\n> c\n# d": '<p>a</p><blockquote><p>b\n&gt; c</p><p class="head head-1">d</p></blockquote>',
    "before ```py\nx = '*1*'\n\ny\n``` after": ("<p>before </p><pre><code>x = '*1*'\n\ny</code></pre><p> after</p>"),
    "```one```\ntwo\n```open": "<pre><code>one</code></pre><p>two\n```open</p>",
    "<@7> <@!7> <@&8>": (
        '<p><span class="mention">@Dana</span> <span class="mention">@Dana</span> '
        '<span class="mention">@Traders</span></p>'
    ),
    "<#9> <@1> @everyone": (
        '<p><span class="mention">#plans</span> <span class="mention">@unknown</span> '
        '<span class="mention">@everyone</span></p>'
    ),
    "</plan post:5> <:nq:6>": '<p><span class="mention">/plan post</span> :nq:</p>',
    "[a **b**](https://a.example/x) https://b.example/y.": (
        '<p><a href="https://a.example/x" rel="noopener noreferrer" target="_blank">a <strong>b</strong></a> '
        '<a href="https://b.example/y" rel="noopener noreferrer" target="_blank">https://b.example/y</a>.</p>'
    ),
    "[a](javascript:b) <b>&amp;": "<p>[a](javascript:b) &lt;b&gt;&amp;amp;</p>",
    "https://discord.com/channels/1/2/3": '<p><a href="#message-3">https://discord.com/channels/1/2/3</a></p>',
    "": "",
}


async def test_what_is_marked_is_shown_so_and_all_else_as_it_was_written(tab: Tab):
    shown = await tab.run(tab.driver.execute_async_script, SHOW, [*SHOWN], NAMES)

    assert dict(zip(SHOWN, shown, strict=True)) == SHOWN


async def test_a_spoiler_is_shown_when_it_is_pressed(tab: Tab):
    await tab.type("#text", "the stop is ||**21,410**||")
    await tab.send()
    await tab.find(".message .spoiler[aria-expanded=false][aria-label]")

    await tab.click(".message .spoiler")

    await tab.find(".message .spoiler[aria-expanded=true]:not([aria-label])", "21,410")


async def test_long_bombs_of_marks_do_not_stop_the_page(tab: Tab):
    bombs = [
        "*" * 4000,
        "**a" * 1300,
        "*a_b" * 1000,
        "||~~__**" * 500,
        "```" * 1300,
        "> " * 2000,
        "[" * 4000,
        "`a" * 2000,
    ]

    shown = await tab.run(tab.driver.execute_async_script, SHOW, bombs, NAMES)

    assert all(shown)
