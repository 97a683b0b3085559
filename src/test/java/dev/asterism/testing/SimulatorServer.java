package dev.asterism.testing;

import dev.asterism.device.Tpm;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Serves a TPM by the protocol of the TCG's reference simulator, which tpm2-tools speak ({@code -T
 * mssim:…}): commands on one port, the power switch on the next.
 */
public final class SimulatorServer implements AutoCloseable {
  private static final int SEND_COMMAND = 8;
  private static final int SESSION_END = 20;
  private static final int LARGEST = 4096;

  private final Tpm tpm;
  private final ServerSocket commands;
  private final ServerSocket platform;

  public SimulatorServer(Tpm tpm) throws IOException {
    this.tpm = tpm;
    ServerSocket[] pair = bindPair();
    this.commands = pair[0];
    this.platform = pair[1];
    serve(commands, this::answerCommands);
    serve(platform, this::answerPlatform);
  }

  /** The argument of {@code -T}. */
  public String tcti() {
    return "mssim:host=127.0.0.1,port=" + commands.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    commands.close();
    platform.close();
  }

  private interface Service {
    void serve(DataInputStream in, DataOutputStream out) throws IOException;
  }

  private static void serve(ServerSocket server, Service service) {
    Thread.startVirtualThread(() -> {
      while (!server.isClosed()) {
        try (Socket socket = server.accept()) {
          service.serve(
              new DataInputStream(socket.getInputStream()),
              new DataOutputStream(socket.getOutputStream()));
        } catch (IOException e) {
          // The client is gone, or the server.
        }
      }
    });
  }

  private void answerCommands(DataInputStream in, DataOutputStream out) throws IOException {
    try (Tpm.Conversation conversation = tpm.open()) {
      while (true) {
        int request = in.readInt();
        if (request == SESSION_END) {
          return;
        }
        if (request != SEND_COMMAND) {
          throw new IOException("request " + request);
        }
        in.readByte();
        int size = in.readInt();
        if (size < 0 || size > LARGEST) {
          throw new IOException("a command of " + size + " bytes");
        }
        byte[] response = conversation.transmit(in.readNBytes(size));
        out.writeInt(response.length);
        out.write(response);
        out.writeInt(0);
        out.flush();
      }
    } catch (EOFException e) {
      // Some clients just go.
    }
  }

  private void answerPlatform(DataInputStream in, DataOutputStream out) throws IOException {
    while (in.readInt() != SESSION_END) {
      out.writeInt(0);
      out.flush();
    }
  }

  private static ServerSocket[] bindPair() throws IOException {
    for (int attempt = 0; attempt < 50; attempt++) {
      ServerSocket first = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
      try {
        int next = first.getLocalPort() + 1;
        return new ServerSocket[] {
          first, new ServerSocket(next, 5, InetAddress.getLoopbackAddress())
        };
      } catch (IOException e) {
        first.close();
      }
    }
    throw new IOException("no two free ports in a row");
  }
}
