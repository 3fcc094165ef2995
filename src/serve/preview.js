// Loads the page again when the preview shows something else. Only while it can be seen: browsers
// open six connections to one server, and tabs in the back would take them all.
(() => {
  const seen = document.currentScript.dataset.seen;
  let events = null;
  const listen = () => {
    if (document.hidden) {
      if (events) events.close();
      events = null;
    } else if (!events) {
      events = new EventSource("/.crieur/events?seen=" + encodeURIComponent(seen));
      events.addEventListener("change", () => location.reload());
    }
  };
  document.addEventListener("visibilitychange", listen);
  listen();
})();
