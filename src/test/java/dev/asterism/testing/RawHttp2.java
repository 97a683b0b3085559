package dev.asterism.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** HTTP/2 frames by hand (RFC 9113), for clients that keep to nothing. */
public final class RawHttp2 {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int RESET = 3;
  public static final int SETTINGS = 4;
  public static final int GO_AWAY = 7;
  public static final int CONTINUATION = 9;

  public static final int END_STREAM = 1;
  public static final int END_HEADERS = 4;

  /** What a server says to a stream beyond its limit. */
  public static final int REFUSED_STREAM = 7;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final DataInputStream in;

  /** One that came in. */
  public record Frame(int type, int flags, int stream, byte[] payload) {
    /** Of a reset. */
    public int errorCode() {
      return payload[3];
    }
  }

  public RawHttp2(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
  }

  /** The preface and empty settings: from here on the server takes streams. */
  public RawHttp2 begin() throws IOException {
    preface(0, PREFACE.length);
    send(SETTINGS, 0, 0, new byte[0]);
    return this;
  }

  /** A part of the preface alone. */
  public void preface(int from, int to) throws IOException {
    socket.getOutputStream().write(PREFACE, from, to - from);
  }

  public void send(int type, int flags, int stream, byte[] payload) throws IOException {
    byte[] frame = new byte[9 + payload.length];
    frame[0] = (byte) (payload.length >> 16);
    frame[1] = (byte) (payload.length >> 8);
    frame[2] = (byte) payload.length;
    frame[3] = (byte) type;
    frame[4] = (byte) flags;
    frame[7] = (byte) (stream >> 8);
    frame[8] = (byte) stream;
    System.arraycopy(payload, 0, frame, 9, payload.length);
    socket.getOutputStream().write(frame);
  }

  /** Begins a gRPC call; its request does not end. */
  public void call(int stream, String path) throws IOException {
    send(HEADERS, END_HEADERS, stream, headers(path));
  }

  /** What a gRPC call's headers are, without compression (RFC 7541, section 6.2.2). */
  public static byte[] headers(String path) {
    var out = new java.io.ByteArrayOutputStream();
    for (String[] header :
        List.of(
            new String[] {":method", "POST"},
            new String[] {":scheme", "http"},
            new String[] {":path", path},
            new String[] {":authority", "localhost"},
            new String[] {"content-type", "application/grpc"},
            new String[] {"te", "trailers"})) {
      out.write(0);
      for (String text : header) {
        out.write(text.length());
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
      }
    }
    return out.toByteArray();
  }

  /** The next frame of that type; others are passed over. */
  public Frame await(int type) throws IOException {
    while (true) {
      int lengthAndType = in.readInt();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(lengthAndType >>> 8);
      if ((lengthAndType & 0xff) == type) {
        return new Frame(type, flags, stream, payload);
      }
    }
  }
}
