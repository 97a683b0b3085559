package dev.asterism.device;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;

/**
 * The command socket of a swtpm ({@code swtpm socket --server type=tcp,port=…}). It serves one
 * connection at a time and leaves the next one waiting or refused meanwhile: conversations are
 * short, and opening one is tried again until a deadline.
 */
public final class SwtpmSocket implements Tpm {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** The longest a TPM may think: creating an RSA key. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private static final int HEADER = 10;
  private static final int MAX_RESPONSE = 64 * 1024;

  private final String host;
  private final int port;
  private final Duration patience;

  public SwtpmSocket(String host, int port) {
    this(host, port, PATIENCE);
  }

  /**
   * @param patience how long {@link #open} tries to connect
   */
  public SwtpmSocket(String host, int port, Duration patience) {
    this.host = host;
    this.port = port;
    this.patience = patience;
  }

  @Override
  public Conversation open() throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return new Connection(connect(deadline));
      } catch (IOException e) {
        if (System.nanoTime() + PAUSE.toNanos() > deadline) {
          throw new IOException(description() + " does not take connections: " + e.getMessage(), e);
        }
        pause();
      }
    }
  }

  @Override
  public String description() {
    return "swtpm " + host + ":" + port;
  }

  private Socket connect(long deadline) throws IOException {
    long left = Math.max(1, Duration.ofNanos(deadline - System.nanoTime()).toMillis());
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), (int) Math.min(left, Integer.MAX_VALUE));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) ANSWER.toMillis());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a swtpm", e);
    }
  }

  /** Reads one response, as long as its header says. */
  static byte[] readResponse(InputStream in) throws IOException {
    byte[] header = in.readNBytes(HEADER);
    if (header.length < HEADER) {
      throw new EOFException("the swtpm closed the connection");
    }
    int length = length(header);
    byte[] response = Arrays.copyOf(header, length);
    if (in.readNBytes(response, HEADER, length - HEADER) < length - HEADER) {
      throw new EOFException("the swtpm closed the connection within a response");
    }
    return response;
  }

  private static int length(byte[] header) throws IOException {
    int length =
        (header[2] & 0xff) << 24
            | (header[3] & 0xff) << 16
            | (header[4] & 0xff) << 8
            | (header[5] & 0xff);
    if (length < HEADER || length > MAX_RESPONSE) {
      throw new IOException("the swtpm announced a response of " + length + " bytes");
    }
    return length;
  }

  private record Connection(Socket socket) implements Conversation {
    @Override
    public byte[] transmit(byte[] command) throws IOException {
      socket.getOutputStream().write(command);
      socket.getOutputStream().flush();
      try {
        return readResponse(socket.getInputStream());
      } catch (SocketTimeoutException e) {
        throw new IOException("the swtpm did not answer within " + ANSWER.toSeconds() + " s", e);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
