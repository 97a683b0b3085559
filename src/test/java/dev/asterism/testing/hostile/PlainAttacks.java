package dev.asterism.testing.hostile;

import dev.asterism.testing.RawHttp2;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** At doors without TLS: HTTP/2 frames by hand, and HTTP/1.1 by the byte. */
final class PlainAttacks {
  private static final String CALL = "/verify.API/GetAttestation";
  private static final int STREAMS = 256;
  private static final long DRIP_MILLIS = 100;

  private final Strangers grpc;
  private final Strangers http;

  PlainAttacks(int grpcPort, int httpPort) {
    grpc = new Strangers(grpcPort);
    http = new Strangers(httpPort);
  }

  /** Opens as many streams as it can, and ends none of their requests. */
  void openStreams() throws Exception {
    try (Socket socket = grpc.connect()) {
      var http2 = new RawHttp2(socket).begin();
      for (int i = 0; i < STREAMS; i++) {
        http2.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 2 * i + 1, RawHttp2.headers(CALL));
      }
      Strangers.awaitEnd(socket);
    }
  }

  /** Asks, and lets the server send nothing. */
  void unreadAnswers() throws Exception {
    try (Socket socket = grpc.connect()) {
      var http2 = new RawHttp2(socket).begin();
      http2.send(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
      byte[] nonce = new byte[5 + 2 + 32];
      nonce[4] = 34;
      nonce[5] = 0x12;
      nonce[6] = 32;
      for (int i = 0; i < 8; i++) {
        http2.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 2 * i + 1, RawHttp2.headers(CALL));
        http2.send(RawHttp2.DATA, RawHttp2.END_STREAM, 2 * i + 1, nonce);
      }
      Strangers.awaitEnd(socket);
    }
  }

  /** Headers that go on and on, one empty frame after the other. */
  void endlessHeaders() throws Exception {
    try (Socket socket = grpc.connect()) {
      var http2 = new RawHttp2(socket).begin();
      http2.send(RawHttp2.HEADERS, 0, 1, RawHttp2.headers(CALL));
      while (true) {
        http2.send(RawHttp2.CONTINUATION, 0, 1, new byte[0]);
        Thread.sleep(DRIP_MILLIS);
      }
    }
  }

  /** An HTTP request that never ends. */
  void dripHttp() throws Exception {
    try (Socket socket = http.connect()) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
      while (true) {
        socket.getOutputStream().write("a: b\r\n".getBytes(StandardCharsets.US_ASCII));
        Thread.sleep(DRIP_MILLIS);
      }
    }
  }
}
