"""The templates that Jinja2 and minijinja share."""

# A line break would be part of the page.
# ruff: noqa: E501

__all__ = ("TEMPLATES",)

TEMPLATES = {
    "table.html": """\
<table>
  {% for row in rows %}
  <tr>
    {% for text in row %}
    <td class="cell">{{ text }}</td>
    {% endfor %}
  </tr>
  {% endfor %}
</table>
""",
    "products.html": """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{{ query }} · Shop</title>
    <link rel="stylesheet" href="/static/shop.css">
  </head>
  <body>
    <main id="products" class="products">
      <h1>{{ products|length }} results for “{{ query }}”</h1>
      {% for product in products %}
      <article id="product-{{ product.id }}" class="card{% if product.is_sold_out %} sold-out{% endif %}">
        <img src="{{ product.image }}" alt="{{ product.name }}" width="320" height="240" loading="lazy">
        <h2>{{ product.name }}</h2>
        <p class="price">{{ product.price }}</p>
        {% if product.badges %}
        <ul class="badges">
          {% for badge in product.badges %}
          <li class="badge">{{ badge }}</li>
          {% endfor %}
        </ul>
        {% endif %}
        <a href="{{ product.url }}">Details</a>
        <button type="button" data-on:click="@post('/cart/{{ product.id }}')"{% if product.is_sold_out %} disabled{% endif %}>Add to cart</button>
      </article>
      {% endfor %}
    </main>
  </body>
</html>
""",
    "tiles.html": """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Tiles · {{ painters|length }} painting</title>
    <link id="icon" rel="icon" href="/static/icon.svg">
    <link id="style" rel="stylesheet" href="/static/style.css">
    <script type="module" id="datastar" src="/static/datastar.js"></script>
  </head>
  <body data-signals="{user_id: '{{ user_id }}'}" data-init="@get('/subscribe', {retry: 'always'})">
    <header>
      <h1>Tiles</h1>
      <ul id="painters" aria-label="{{ painters|length }} painting">
        {% for painter in painters %}
        <li id="painter-{{ painter.id }}" class="swatch{% if painter.is_you %} you{% endif %}" style="background-color:{{ painter.color }}">{% if painter.is_you %}<span class="name">you</span>{% endif %}</li>
        {% endfor %}
      </ul>
    </header>
    <main id="board" class="board">
      {% for tile in tiles %}
      <button data-on:click="@post('/paint/{{ tile.number }}')" id="tile-{{ tile.number }}" class="tile{% if tile.color %} painted{% endif %}"{% if tile.color %} style="background-color:{{ tile.color }}"{% endif %} aria-label="Tile {{ tile.number + 1 }}"></button>
      {% endfor %}
    </main>
    <footer>Everybody with this page open paints on the same board.</footer>
  </body>
</html>
""",
    "tasks.html": """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{{ tasks|length }} tasks</title>
    <link id="style" rel="stylesheet" href="/static/style.css">
    <script type="module" id="datastar" src="/static/datastar.js"></script>
  </head>
  <body data-signals="{user_id: '{{ user_id }}'}" data-init="@get('/subscribe', {retry: 'always'})">
    <h1>{{ tasks|length }} tasks</h1>
    <table id="tasks" class="tasks">
      <tbody>
        {% for task in tasks %}
        <tr id="task-{{ task.number }}" class="task{% if task.is_done %} done{% endif %}">
          <td><input data-bind="picked.t{{ task.number }}" type="checkbox"></td>
          <td>{{ task.title }}</td>
          <td class="actions"><button data-on:click="@get('/tasks/{{ task.number }}')">Edit</button><button data-on:click="@delete('/tasks/{{ task.number }}')">Delete</button></td>
        </tr>
        {% endfor %}
      </tbody>
    </table>
  </body>
</html>
""",
}
