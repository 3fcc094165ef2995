module.exports = {
  layout: "page.liquid",
  permalink: (data) => `/${data.page.inputPath.replace(/^.*\/|\.md$/g, "")}/`,
};
