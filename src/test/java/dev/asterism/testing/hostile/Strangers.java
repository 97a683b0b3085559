package dev.asterism.testing.hostile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections to a port on this machine, each from the next of a few loopback addresses. */
final class Strangers {
  /** 127.0.0.2 to 127.0.0.9: none that an honest client has. */
  private static final int ADDRESSES = 8;

  static final int PATIENCE_MILLIS = 60_000;

  private final int port;
  private final AtomicInteger next = new AtomicInteger();

  Strangers(int port) {
    this.port = port;
  }

  int port() {
    return port;
  }

  Socket connect() throws IOException {
    int number = Math.floorMod(next.getAndIncrement(), ADDRESSES);
    InetAddress own = InetAddress.ofLiteral("127.0.0." + (2 + number));
    var socket = new Socket(InetAddress.getLoopbackAddress(), port, own, 0);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Reads until the other side closes. */
  static void awaitEnd(Socket socket) throws IOException {
    byte[] sink = new byte[4096];
    while (socket.getInputStream().read(sink) >= 0) {}
  }
}
