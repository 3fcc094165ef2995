const rss = require("@11ty/eleventy-plugin-rss");
module.exports = async function (config) {
  const plugin = rss.default || rss;
  for (const [type, file] of [["atom", "feed.atom"], ["rss", "feed.rss"], ["json", "feed.json"]])
    config.addPlugin(plugin.feedPlugin, {
      type, outputPath: "/" + file, collection: { name: "posts", limit: 50 },
      metadata: { language: "fr", title: "Salle de presse", subtitle: "x", base: "https://www.example.org/presse/",
                  author: { name: "Ville d'Exemple" } },
    });
  config.addCollection("posts", (api) => api.getFilteredByGlob("posts/*.md").sort((a, b) => a.date - b.date));
  return { dir: { input: ".", output: "public", includes: "_includes" }, markdownTemplateEngine: false };
};
