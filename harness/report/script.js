"use strict";
(() => {
{% include "script/text.js" %}
{% include "script/query.js" %}
{% include "script/cases.js" %}
{% include "script/items.js" %}
{% include "script/conversation.js" %}
{% include "script/wire.js" %}
{% include "script/timeline.js" %}
{% include "script/panels.js" %}
{% include "script/measures.js" %}
{% include "script/page.js" %}
})();
