package dev.asterism.metrics;

import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;

/** What anybody may send to a plain HTTP port. */
public final class MetricsFuzz {
  private static final int MAX_HEAD = 4096;

  private MetricsFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of(
                "HttpRequest",
                MetricsFuzz::read,
                () ->
                    List.of(
                        Bytes.ofUtf8("GET /?nonce=AAECAw%3D%3D HTTP/1.1\r\nHost: a\r\n\r\n"),
                        Bytes.ofUtf8("HEAD /metrics HTTP/1.0\n\n"),
                        Bytes.ofUtf8("POST /a HTTP/1.1\r\nA: b\r\n\r\nx")))
            .refusing(IOException.class));
  }

  private static HttpRequest read(Bytes input) throws Exception {
    try (var socket = new Received(input)) {
      return new HttpExchange(socket, MAX_HEAD)
          .read(InetAddress.getLoopbackAddress())
          .orElseThrow(() -> new MalformedException("request", "is none"));
    }
  }

  /** A connection on which that came in. */
  private static final class Received extends Socket {
    private final InputStream in;

    private Received(Bytes bytes) {
      this.in = new ByteArrayInputStream(bytes.toArray());
    }

    @Override
    public InputStream getInputStream() {
      return in;
    }
  }
}
