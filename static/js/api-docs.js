/** The documentation of the REST API: Swagger UI over our own schema. */
const root = document.getElementById("api-docs");

window.SwaggerUIBundle({
  url: root.dataset.schema,
  domNode: root,
  deepLinking: true,
  // Requests tried out here go with the session's cookie, which needs Django's token beside it.
  requestInterceptor(request) {
    request.headers["X-CSRFToken"] = root.dataset.csrf;
    return request;
  },
});
