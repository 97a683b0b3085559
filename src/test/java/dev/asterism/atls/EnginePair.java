package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Two engines back to back in memory: a connection without a network. */
final class EnginePair implements AutoCloseable {
  /** Room for a flight; longer ones go in portions. */
  private static final int FLIGHT = 64 * 1024;

  private static final int RECORD = 17 * 1024;

  final SSLEngine client;
  final SSLEngine server;
  private final ByteBuffer toServer = ByteBuffer.allocate(FLIGHT);
  private final ByteBuffer toClient = ByteBuffer.allocate(FLIGHT);
  private final ByteBuffer plaintext = ByteBuffer.allocate(RECORD);
  private @Nullable SSLException clientFailure;
  private @Nullable SSLException serverFailure;
  private int tasks;

  EnginePair(SslContext clientSide, SslContext serverSide) {
    client = clientSide.newEngine(ByteBufAllocator.DEFAULT, "server.example", 1);
    server = serverSide.newEngine(ByteBufAllocator.DEFAULT, "10.0.0.7", 2);
  }

  EnginePair version(String protocol) {
    client.setEnabledProtocols(new String[] {protocol});
    return this;
  }

  /** Runs both handshakes to their end, whatever it is; alerts are delivered. */
  EnginePair shake() {
    try {
      client.beginHandshake();
      server.beginHandshake();
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
    exchange();
    return this;
  }

  /** The server wants to shake hands once more. */
  void askAgain() {
    try {
      server.beginHandshake();
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
    exchange();
  }

  private void exchange() {
    boolean moved = true;
    while (moved) {
      moved = step(client, toClient, toServer, true) | step(server, toServer, toClient, false);
    }
  }

  private boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out, boolean isClient) {
    try {
      return advance(engine, in, out);
    } catch (SSLException e) {
      if (isClient && clientFailure == null) {
        clientFailure = e;
        return true;
      }
      if (!isClient && serverFailure == null) {
        serverFailure = e;
        return true;
      }
      return false;
    }
  }

  private boolean advance(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    boolean moved = false;
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        Runnable task;
        while ((task = engine.getDelegatedTask()) != null) {
          task.run();
          tasks++;
        }
        moved = true;
      } else if (status == HandshakeStatus.NEED_WRAP) {
        if (out.remaining() < RECORD) {
          return moved;
        }
        SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), out);
        moved = true;
        if (result.getStatus() == SSLEngineResult.Status.CLOSED && result.bytesProduced() == 0) {
          return moved;
        }
      } else {
        // The last flight may still be inside a finished engine.
        moved |=
            status == HandshakeStatus.NOT_HANDSHAKING
                && engine.wrap(ByteBuffer.allocate(0), out).bytesProduced() > 0;
        in.flip();
        try {
          if (engine.isInboundDone()) {
            return moved;
          }
          // Also without input: what was read earlier may be waiting behind a task.
          SSLEngineResult result = engine.unwrap(in, plaintext.clear());
          if (result.bytesConsumed() == 0 && engine.getHandshakeStatus() == status) {
            return moved;
          }
          moved = true;
        } finally {
          in.compact();
        }
      }
    }
  }

  /** Why the client gave up; null where it did not. */
  @Nullable SSLException clientFailure() {
    return clientFailure;
  }

  @Nullable SSLException serverFailure() {
    return serverFailure;
  }

  /** How many tasks the engines gave away. */
  int tasks() {
    return tasks;
  }

  void assertConnected() {
    assertTrue(connected(), () -> "client: " + clientFailure + ", server: " + serverFailure);
  }

  boolean connected() {
    return clientFailure == null
        && serverFailure == null
        && !client.getSession().getProtocol().equals("unknown")
        && "h2".equals(client.getApplicationProtocol())
        && "h2".equals(server.getApplicationProtocol());
  }

  @Override
  public void close() {
    ReferenceCountUtil.release(client);
    ReferenceCountUtil.release(server);
  }
}
