package dev.asterism.metrics;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request and its answer (RFC 9112). Nothing of a request counts but its first line: a body is
 * never read, and the connection is closed behind the answer.
 */
final class HttpExchange {
  private static final Pattern REQUEST_LINE =
      Pattern.compile("([A-Z]{1,16}) (/[!-~&&[^?#]]*)(?:\\?([!-~&&[^#]]*))? HTTP/1\\.[01]");

  /**
   * What a client may still be sending when it is answered: closing before that is read would
   * destroy the answer on its way.
   */
  private static final int DRAINED = 64 * 1024;

  private static final int DRAIN_MILLIS = 1000;

  private final Socket socket;
  private final InputStream in;
  private final int maxHead;
  private HttpAnswer refusal = HttpAnswer.text(400, "not an HTTP/1.1 request\n");
  private boolean hasBody = true;

  HttpExchange(Socket socket, int maxHead) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 1024);
    this.maxHead = maxHead;
  }

  /**
   * Reads to the end of the headers.
   *
   * @return empty if it is no request, see {@link #refusal}
   * @throws IOException if the connection ends before
   */
  Optional<HttpRequest> read(InetAddress peer) throws IOException {
    var head = new ByteArrayOutputStream();
    int line = 0;
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("ended within the headers");
      }
      if (head.size() == maxHead) {
        refusal = HttpAnswer.text(431, "the request's headers are too large\n");
        return Optional.empty();
      }
      head.write(next);
      if (next != '\n') {
        line += next == '\r' ? 0 : 1;
      } else if (line == 0) {
        String text = head.toString(StandardCharsets.ISO_8859_1);
        return request(text.substring(0, text.indexOf('\n')), peer);
      } else {
        line = 0;
      }
    }
  }

  private Optional<HttpRequest> request(String line, InetAddress peer) {
    Matcher request =
        REQUEST_LINE.matcher(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    if (!request.matches()) {
      return Optional.empty();
    }
    hasBody = !request.group(1).equals("HEAD");
    return Optional.of(new HttpRequest(request.group(1), request.group(2), request.group(3), peer));
  }

  /** What to say where there is no request. */
  HttpAnswer refusal() {
    return refusal;
  }

  /** Sends the answer, and reads what is still on its way. */
  void write(HttpAnswer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    var head = new StringBuilder();
    head.append("HTTP/1.1 ").append(answer.status()).append(" \r\n");
    header(head, "Content-Type", answer.contentType());
    header(head, "Content-Length", Integer.toString(body.length));
    header(head, "Cache-Control", "no-store");
    header(head, "X-Content-Type-Options", "nosniff");
    header(head, "Connection", "close");
    answer.headers().forEach((name, value) -> header(head, name, value));
    head.append("\r\n");
    var message = new ByteArrayOutputStream();
    message.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    if (hasBody) {
      message.write(body);
    }
    socket.getOutputStream().write(message.toByteArray());
    socket.shutdownOutput();
    socket.setSoTimeout(DRAIN_MILLIS);
    for (int i = 0; i < DRAINED && in.read() >= 0; i++) {}
  }

  private static void header(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
}
