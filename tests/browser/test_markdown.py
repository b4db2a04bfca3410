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
    "- one\n  - two\n* three\n\n-four": ("<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul><p>\n-four</p>"),
    "1. one\n2. two\n- other": '<ol start="1"><li>one</li><li>two</li></ol><ul><li>other</li></ul>',
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
    "```diff\n@@ 1 @@\n-old\n+new\n same\n```": (
        '<pre><code><span class="diff-meta">@@ 1 @@</span>\n<span class="diff-removed">-old</span>\n'
        '<span class="diff-added">+new</span>\n same</code></pre>'
    ),
    "a ||b **c**||": (
        '<p>a <button type="button" class="spoiler" aria-label="Spoiler: show it">'
        "<span>b <strong>c</strong></span></button></p>"
    ),
    "<id:guide> @here": ('<p><span class="mention">&lt;id:guide&gt;</span> <span class="mention">@here</span></p>'),
    "<t:99999999999999999:R>": "<p>an impossible time</p>",
    "</plan post:5> <:nq:6>": '<p><span class="mention">/plan post</span> :nq:</p>',
    "[a **b**](https://a.example/x) https://b.example/y.": (
        '<p><a href="https://a.example/x" rel="noopener noreferrer" target="_blank">a <strong>b</strong></a> '
        '<a href="https://b.example/y" rel="noopener noreferrer" target="_blank">https://b.example/y</a>.</p>'
    ),
    "[a](javascript:b) <b>&amp;": "<p>[a](javascript:b) &lt;b&gt;&amp;amp;</p>",
    "https://discord.com/channels/1/9/3": (
        '<p><a href="#message-3" data-channel="9"><span class="mention">#plans \u203a message</span></a></p>'
    ),
    "": "",
}


async def test_what_is_marked_is_shown_so_and_all_else_as_it_was_written(tab: Tab):
    shown = await tab.run(tab.driver.execute_async_script, SHOW, [*SHOWN], NAMES)

    assert dict(zip(SHOWN, shown, strict=True)) == SHOWN


async def test_a_spoiler_is_shown_when_it_is_pressed(tab: Tab):
    await tab.type("#text", "the stop is ||**21,410**||")
    await tab.send()
    hidden = await tab.find(".message button.spoiler[aria-label]")
    assert "21,410" not in hidden.text

    await tab.click(".message button.spoiler")

    await tab.find(".message span.spoiler.open:focus", "21,410")


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
