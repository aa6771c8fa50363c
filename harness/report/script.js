"use strict";
(() => {
{% include "script/text.js" %}
{% include "script/cases.js" %}
{% include "script/conversation.js" %}
{% include "script/page.js" %}
})();
