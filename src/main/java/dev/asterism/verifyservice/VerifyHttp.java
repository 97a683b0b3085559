package dev.asterism.verifyservice;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.asterism.metrics.HttpPort;
import dev.asterism.rpc.CallException;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;

/** Evidence over HTTP: {@code GET /?nonce=…} answers {@code {"data":"<base64>"}}. */
final class VerifyHttp implements HttpHandler {
  private static final String DOOR = "http";
  private static final String TEXT = "text/plain; charset=utf-8";

  private final Quotes quotes;

  VerifyHttp(Quotes quotes) {
    this.quotes = quotes;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!"/".equals(exchange.getRequestURI().getRawPath())) {
      HttpPort.reply(exchange, 404, TEXT, "try /?nonce=\n");
      return;
    }
    if (!HttpPort.isGet(exchange)) {
      return;
    }
    try {
      Bytes nonce = nonce(exchange);
      Bytes document = quotes.quote(DOOR, exchange.getRemoteAddress().getAddress(), nonce);
      String json = Json.line(Json.newObject().put("data", document.base64()));
      HttpPort.reply(exchange, 200, "application/json", json);
    } catch (CallException e) {
      HttpPort.reply(exchange, status(exchange, e), TEXT, e.getMessage() + "\n");
    }
  }

  private Bytes nonce(HttpExchange exchange) throws CallException {
    try {
      return NonceQuery.parse(exchange.getRequestURI().getRawQuery());
    } catch (MalformedException e) {
      throw quotes.badNonce(DOOR, e);
    }
  }

  private static int status(HttpExchange exchange, CallException failure) {
    return switch (failure.code()) {
      case INVALID_ARGUMENT -> 400;
      case RESOURCE_EXHAUSTED -> {
        exchange.getResponseHeaders().set("Retry-After", "1");
        yield 429;
      }
      default -> 500;
    };
  }
}
