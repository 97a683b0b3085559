package dev.asterism.verifyservice;

import dev.asterism.metrics.HttpAnswer;
import dev.asterism.metrics.HttpPort.HttpHandler;
import dev.asterism.metrics.HttpRequest;
import dev.asterism.rpc.CallException;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;

/** Evidence over HTTP: {@code GET /?nonce=…} answers {@code {"data":"<base64>"}}. */
final class VerifyHttp implements HttpHandler {
  private static final String DOOR = "http";
  private static final String JSON = "application/json";

  private final Quotes quotes;

  VerifyHttp(Quotes quotes) {
    this.quotes = quotes;
  }

  @Override
  public HttpAnswer answer(HttpRequest request) {
    if (!request.path().equals("/")) {
      return HttpAnswer.text(404, "try /?nonce=\n");
    }
    if (!request.method().equals("GET")) {
      return HttpAnswer.onlyGet();
    }
    try {
      Bytes document = quotes.quote(DOOR, request.peer(), nonce(request));
      return HttpAnswer.of(200, JSON, Json.line(Json.newObject().put("data", document.base64())));
    } catch (CallException e) {
      return failure(e);
    }
  }

  private Bytes nonce(HttpRequest request) throws CallException {
    try {
      return NonceQuery.parse(request.query());
    } catch (MalformedException e) {
      throw quotes.badNonce(DOOR, e);
    }
  }

  private static HttpAnswer failure(CallException failure) {
    String text = failure.getMessage() + "\n";
    return switch (failure.code()) {
      case INVALID_ARGUMENT -> HttpAnswer.text(400, text);
      case RESOURCE_EXHAUSTED -> HttpAnswer.text(429, text).retryAfter(1);
      case UNAVAILABLE -> HttpAnswer.text(503, text).retryAfter(5);
      default -> HttpAnswer.text(500, text);
    };
  }
}
