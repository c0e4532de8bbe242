"""Places in code: styles, literals in scripts, expressions, signals and events, as in `places`.

The code is the author's, and the value in it a user's.
"""

__all__ = (
    "BOUND_ELEMENTS",
    "BOUND_PROPERTIES",
    "EVENTS",
    "EXPRESSIONS",
    "EXPRESSION_WAYS",
    "HEADS",
    "LITERALS",
    "PAGES",
    "SIGNALS",
    "STYLES",
)

STYLES = (
    "h.p(style=user)",
    "h.p(style={'color': user})",
    "h.p(style={'--x': user})",
    "h.p(style={'background-image': user})",
    "h.p(style={'background-image': f'url({user})'})",
    "h.p(style={'background-image': f'url(\"{user}\")'})",
    "h.p(style={'content': f'\"{user}\"'})",
    "h.p(style={'font-family': user, 'color': 'red'})",
    "h.p({'style': 'color:red'}, style={'width': user})",
    "h.p({'style': user}, style={'width': '1px'})",
    "h.p(style={'behavior': user, '-moz-binding': user})",
    "h.p(style={user: 'red'})",
    "h.p(class_=user)",
    "h.p(class_=[user, {user: True}])",
    "h.p({'class': user}, class_=user)",
    "h.style(user)",
    "h.style(f'a{{color:{user}}}')",
    "h.style(f'a{{content:\"{user}\"}}')",
    "h.style(f'/* {user} */')",
    "h.style('a{}', user)",
    "h.style(user, media=user)",
    "svg.svg(svg.style(f'a{{content:\"{user}\"}}'))",
    "svg.svg(svg.style(user, type=user))",
    "svg.style(user)",
    "svg.svg(svg.foreignObject(h.style(user)))",
    "svg.svg(h.style(user))",
    "mathml.math(h.style(user))",
    "mathml.math(mathml.mtext(h.style(user)))",
    "mathml.math(mathml.annotation_xml(h.style(user), encoding='text/html'))",
    "h.select(h.style(user))",
    "h.table(h.style(user))",
    "h.template(h.style(user))",
    "h.noscript(h.style(user))",
    "h.template(h.style(user), shadowrootmode='open')",
)

# A value as a literal in scripts.
LITERALS = (
    "h.script('x = ' + js(user))",
    "h.script('x = ', js(user), ';')",
    "h.script('x = ' + js({'a': [user, {user: user}]}))",
    "h.script('x = `${' + js(user) + '}`')",
    "h.script('x = 1 / 2 + ' + js(user))",
    "h.script('x = \\'a\\'.replace(/\\'/g, ' + js(user) + ')')",
    "h.script('// ' + js(user))",
    "h.script('/* ' + js(user) + ' */')",
    "h.script('if (1 < 2) x = ' + js(user))",
    "h.script('x = ' + js(user), type='module')",
    "h.script(Markup('x = ' + js(user)))",
    "h.script('x = ' + str(json_script(user).children[0]))",
    "h.button('x', onclick='x = ' + js(user))",
    "h.button({'onclick': 'x = ' + js({'a': user})}, 'x')",
    "svg.svg(onload='x = ' + js(user))",
    "h.img(src='x:', onerror='x = ' + js(user))",
    "svg.svg(svg.script('x = ' + js(user)))",
    "svg.svg(h.script('x = ' + js(user)))",
    "svg.svg(fragment(h.script('x = ' + js(user))))",
    "svg.svg([h.script('x = ' + js(user))])",
    "svg.svg(svg.g(h.script('x = ' + js(user))))",
    "svg.svg(svg.title(h.script('x = ' + js(user))))",
    "svg.svg(svg.foreignObject(h.script('x = ' + js(user))))",
    "svg.svg(element('script')('x = ' + js(user)))",
    "svg.svg(json_script(user))",
    "svg.svg(svg.g(json_script({user: user})))",
    "svg.script('x = ' + js(user))",
    "mathml.math(h.script('x = ' + js(user)))",
    "mathml.math(mathml.mtext(h.script('x = ' + js(user))))",
    "mathml.math(json_script(user))",
    "h.noscript(h.script('x = ' + js(user)))",
    "h.template(h.script('x = ' + js(user)))",
    "h.select(h.script('x = ' + js(user)))",
    "h.table(h.script('x = ' + js(user)))",
    "static(h.script('x = ' + js(user)))",
    "h.iframe(srcdoc=h.script('top.x = ' + js(user)))",
    "h.iframe(srcdoc=Markup(str(h.script('top.x = ' + js(user)))))",
)

# Code around a literal that could mislead the patterns of the client.
EXPRESSIONS = (
    "js(user)",
    "'$a / 2 + ' + js(user)",
    "'$a / $b / ' + js(user)",
    "'$a / 2; ' + js(user)",
    "js(user) + ' + $a / 2'",
    "js(user) + '.length / 2 + ' + js(user)",
    "'/x/.test(' + js(user) + ')'",
    "'/[/;]/.test(' + js(user) + ') / 2'",
    "'\\'a\\'.replace(/\\'/g, ' + js(user) + ')'",
    "'\\'a\\'.replace(/[\"`]/g, 1) + ' + js(user)",
    "'`${' + js(user) + '}`'",
    "'`${1 / 2}` + ' + js(user)",
    "'`x` + ' + js(user) + ' + `y`'",
    "'/* don\\'t; */ ' + js(user)",
    "'/* 1 / 2 */ ' + js(user) + ' /* x */'",
    "'\\'/\\' + ' + js(user) + ' + \\'/;\\''",
    "'({x: ' + js(user) + '}).x'",
    "'[' + js(user) + ', 1][0]'",
    "'($a == ' + js(user) + ' ? 1 : 2)'",
    "'(() => { return ' + js(user) + ' })()'",
    "'(function () { return ' + js(user) + ' })()'",
    "'Object.keys(' + js({user: user}) + ')[0]'",
    "'String(' + js([user, [user]]) + ')'",
    "'\\'a\\' + \\n ' + js(user)",
)
# Attributes with an expression, which is called CODE.
EXPRESSION_WAYS = (
    "h.p(data.text(CODE))",
    "h.p(data.attr({'title': CODE}))",
    "h.p(data.attr({'title': '$a / 2', 'x-y': CODE}))",
    "h.p(data.attr({'aria-label': CODE, 'hidden': '$a'}))",
    "h.p(data.class_({'a': CODE, 'b': '$a / 2 > 1'}))",
    "h.p(data.style({'color': CODE, '--aB': CODE}))",
    "h.p(data.show(CODE))",
    "h.p(data.computed({f'c{n}': CODE}), data.text(f'$c{n}'))",
    "h.p(data.effect('el.x = ' + CODE))",
    "h.p(data.init('el.x = ' + CODE))",
    "h.p(data.init('let x = ' + CODE + '; el.x = x'))",
    "h.p(data.on('click', 'el.x = ' + CODE))",
    "h.p(data.on('click', 'el.x = ' + CODE + '; $a / 2', debounce='1ms'))",
    "h.p(data.on_signal_patch('el.x = ' + CODE))",
    "h.p(data.signals({f's{n}': JSExpression(CODE), f't{n}': user}), data.text(f'$s{n} + $t{n}'))",
    "h.p(data.signals({f's{n}': JSExpression('1 / 2'), f't{n}': user}), data.text(CODE))",
)

# Signals, names and URLs that Datastar writes by itself. A signal's value is never parsed as code.
SIGNALS = (
    "h.p(data.signals({f's{n}': user}), data.text(f'$s{n}'))",
    "h.p(data.signals({f's{n}': user}, if_missing=True), data.text(f'$s{n}'))",
    "h.p(data.signals({f's{n}': {'a': [user], 'b': user}}), data.text(f'$s{n}.a[0] + $s{n}.b'))",
    "h.p(data.signals({f's{n}': {user: user}}), data.json_signals())",
    "h.p(data.signals({user: 'x'}))",
    "h.p(data.signals({f's{n}': user}), data.class_({'a b': f'$s{n}'}))",
    "h.p(data.class_({user: '1'}))",
    "h.p(data.class_({f'x{user}': '1', 'y': '0'}))",
    "h.p(data.signals({f's{n}': user}), data.style({'color': f'$s{n}', '--aB': f'$s{n}'}))",
    "h.p(data.signals({f's{n}': user}), data.style({'background-image': f'$s{n}'}))",
    "h.p(data.style({user: '1'}))",
    "h.p(data.signals({f's{n}': user}), data.show(f'$s{n}'))",
    "h.p(data.signals({f's{n}': user}), h.input(data.bind(f's{n}')))",
    "h.p(data.signals({f's{n}': user}), h.textarea(data.bind(f's{n}')))",
    "h.p(data.signals({f's{n}': user}), h.select(data.bind(f's{n}'), h.option(user)))",
    "h.input(data.bind(f's{n}'), value=user)",
    "h.textarea(data.bind(f's{n}'), user)",
    "h.p(data.signals({f's{n}': user}), h.input(data.bind(f's{n}'), type=user))",
    "h.p(data.bind(user))",
    "h.p(data.bind('x', prop=user))",
    "h.p(data.bind('x', event=user))",
    "h.p(data.ref(user))",
    "h.p(data.indicator(user))",
    "h.p(data.computed({user: '1'}))",
    "h.p(data.on(user, '1'))",
    "h.p(data.attr({'data-x': js(user)}))",
    "h.p(data.preserve_attr(user), title=user)",
    "h.p(data.json_signals(include=user))",
    "h.p(data.on_signal_patch('1', include=user))",
    "h.p(data.on('click', at.get(user)))",
    "h.p(data.on('click', at.get(f'/x?q={user}')))",
    "h.p(data.on('click', at.get('/x', headers={'x-y': user})))",
    "h.p(data.on('click', at.get('/x', headers={user: 'x'})))",
    "h.p(data.on('click', at.post('/x', payload={user: user})))",
    "h.p(data.on('click', at.post('/x', content_type='form', selector=user)))",
    "h.p(data.on('click', at.get('/x', include=user)))",
    "h.p(data.on('click', at.set_all(user, include='^x')))",
    "h.p(data.on('click', at.toggle_all(include=user)))",
    "h.p(data.on('click', 'let x = 1 / 2; ' + at.get(f'/x/{user}') + '; x / 2'))",
    "h.p(data.init(at.get(user)))",
    "h.p(data.init(at.post(f'/x/{user}')))",
    *(
        f"h.p(data.signals({{f's{{n}}': user}}), {element}(data.text(f'$s{{n}}')))"
        for element in (
            *("h.script", "h.style", "h.title", "h.textarea", "h.iframe", "h.noscript", "h.option"),
            *("h.template", "h.a", "h.pre", "svg.script", "svg.style", "svg.text", "mathml.mtext"),
            *("h.button", "element('xmp')", "element('noembed')", "element('my-widget')"),
        )
    ),
    *(
        f"svg.svg({element}(data.signals({{f's{{n}}': user}}), data.text(f'$s{{n}}')))"
        for element in ("svg.script", "svg.style", "svg.text", "h.script", "svg.foreignObject")
    ),
)
# Properties that parse, load or run their value, and some that do not. None of the elements has one
# of them as a property that cannot be set.
PROPERTIES_AS_TEXT = """
innerHTML outerHTML innerText outerText textContent text srcdoc href src action formAction
data value className id hash protocol search host pathname ping poster background code
htmlFor name title onclick onload onerror style nonce srcset unsafeHTML nodeValue cssText
"""
BOUND_PROPERTIES = PROPERTIES_AS_TEXT.split()
BOUND_ELEMENTS = (
    *("h.div", "h.p", "h.a", "h.area", "h.iframe", "h.script", "h.style", "h.title", "h.template"),
    *("h.img", "h.form", "h.button", "h.input", "h.select", "h.option", "h.textarea", "h.object"),
    *("h.embed", "h.link", "h.video", "h.details", "h.noscript", "h.table"),
    *("element('my-widget')", "element('xmp')", "element('frame')", "element('applet')"),
)

SVG_VIEWS = (
    "svg.g(svg.text(user), title=user)",
    "svg.a(svg.text('x'), href=user)",
    "svg.style(user)",
    "svg.title(user)",
    "svg.script('x = ' + js(user))",
    "h.script('x = ' + js(user))",
    "h.style(user)",
    "h.p(user)",
    "comment(user)",
    "json_script(user)",
    "h.script(src=user)",
    "svg.foreignObject(h.style(user), h.p(user))",
    "fragment(h.script('x = ' + js(user)))",
)
MATHML_VIEWS = (
    "mathml.mtext(user, title=user)",
    "mathml.mi('x', href=user)",
    "mathml.annotation_xml(h.style(user), encoding='text/html')",
    "h.style(user)",
    "h.script('x = ' + js(user))",
    "comment(user)",
)
# Events.
EVENTS = (
    "events.patch_elements(h.p(user, title=user), selector='#target', mode='append')",
    "events.patch_elements(h.p(user, title=user), selector='#target', mode='prepend')",
    "events.patch_elements(h.p(user, title=user), selector='#target', mode='inner')",
    "events.patch_elements(h.p(user, title=user), selector='#target p:last-child', mode='after')",
    "events.patch_elements(h.p(user, title=user), selector='#target p:last-child', mode='replace')",
    "events.patch_elements(h.p(user, id='target', title=user))",
    "events.patch_elements(h.p(user, id='target', title=user), mode='replace')",
    "events.patch_elements(fragment(user, h.p(user)), selector='#target', mode='inner')",
    "events.patch_elements(h.table(h.tr(h.td(user))), selector='#target', mode='append')",
    "events.patch_elements(h.noscript(h.p(user)), selector='#target', mode='append')",
    "events.patch_elements(comment(user), selector='#target', mode='append')",
    "events.patch_elements(h.a('x', href=user), selector='#target', mode='append')",
    "events.patch_elements(h.script('x = ' + js(user)), selector='#target', mode='append')",
    "events.patch_elements(json_script(user), selector='#target', mode='append')",
    *(
        f"events.patch_elements({view}, selector='#graphic', mode='inner', namespace='svg')"
        for view in SVG_VIEWS
    ),
    *(
        f"events.patch_elements({view}, selector='#formula', mode='inner', namespace='mathml')"
        for view in MATHML_VIEWS
    ),
    "events.patch_elements(h.p('x'), selector=user, mode='append')",
    "events.patch_elements(h.p('x', id='target'), only=user)",
    "events.patch_elements(h.p('x', id='target'), event_id=user)",
    "events.patch_elements(h.p('x'), selector='#target', mode=user)",
    "events.patch_elements(h.p('x'), selector='#target', namespace=user)",
    "events.remove_elements(f'#{user}')",
    "events.patch_signals({f's{n}': user})",
    "events.patch_signals({f's{n}': {user: [user]}})",
    "events.patch_signals({user: 'x'})",
    "events.patch_signals(user)",
    "events.patch_signals({f's{n}': user}, only_if_missing=True, event_id=user)",
    "events.remove_signals(user)",
    "events.execute_script('x = ' + js(user))",
    "events.execute_script('x = 1 / 2 + ' + js(user), attributes={'data-x': user})",
    "events.execute_script('x = 1', attributes={'src': user})",
    "events.execute_script('x = 1', attributes={'type': user})",
    "events.execute_script('x = 1', nonce=user)",
    "events.navigate(user)",
    "events.navigate(f'/x/{user}')",
    "events.comment(user)",
    "events.as_text(events.patch_elements(h.p(user, id='target'))).encode()",
    "events.as_text(events.comment(user)).encode()",
)

HEADS = (
    "h.title(user)",
    "h.meta(name='description', content=user)",
    "h.meta({'property': 'og:title', 'content': user})",
    "h.meta(http_equiv='refresh', content=user)",
    "h.link(rel='stylesheet', href=user)",
    "h.link(rel='icon', href=user, title=user)",
    "h.style(user)",
    "h.style({'media': user}, 'a{}')",
    "h.script('x = ' + js(user))",
    "h.script(src=user)",
    "json_script(user)",
    "comment(user)",
    "h.noscript(comment(user))",
    "h.noscript(h.style(user))",
    "h.noscript(h.link(rel='stylesheet', href=user))",
    "h.noscript(h.meta(name='x', content=user))",
    "h.noscript(h.p(user))",
    "h.template(h.p(user, title=user))",
    "h.template(comment(user))",
)
# The attributes of <html>, children of <head>, attributes of <body>.
PAGES = (
    "({name: user for name in ATTRIBUTES}, [h.title(user)], {})",
    "({}, [], {name: user for name in ATTRIBUTES})",
    "({'class': [user], 'lang': user}, [h.base(href=user)], {'class': [user]})",
    "({}, [h.base(target=user)], {'data-x': user})",
)
