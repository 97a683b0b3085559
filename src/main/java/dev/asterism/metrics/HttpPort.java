package dev.asterism.metrics;

import dev.asterism.sharing.Connection;
import dev.asterism.sharing.Connections;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A plain HTTP port for small answers: one request for each connection, each on a virtual thread of
 * its own, with bounds on what a stranger may send, how long that may take, and how many
 * connections each address has.
 */
public final class HttpPort implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpPort.class.getName());

  private static final int BACKLOG = 128;
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** What a stranger hears of a failure. */
  private static final HttpAnswer FAILED = HttpAnswer.text(500, "failed\n");

  private final ServerSocket listening;
  private final HttpLimits limits;
  private final HttpHandler handler;
  private final Refusals refusals;
  private final Connections connections;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledThreadPoolExecutor timer;

  /** Answers requests. */
  @FunctionalInterface
  public interface HttpHandler {
    /**
     * @return the answer; what is thrown becomes a bare 500
     */
    HttpAnswer answer(HttpRequest request);
  }

  /**
   * Serves from now on.
   *
   * @param metrics where refusals are counted
   * @throws IOException if the address cannot be bound
   */
  public HttpPort(
      InetSocketAddress address, HttpLimits limits, HttpHandler handler, Metrics metrics)
      throws IOException {
    this.limits = limits;
    this.handler = handler;
    this.refusals = new Refusals(metrics);
    this.connections =
        new Connections(
            limits.connections(),
            limits.perPeer(),
            new Connections.Listener() {
              @Override
              public void evicted() {
                refusals.any("http-connections-evicted");
              }

              @Override
              public void refused() {
                refusals.any("http-connections");
              }
            });
    this.listening = new ServerSocket();
    try {
      listening.bind(address, BACKLOG);
    } catch (IOException e) {
      listening.close();
      throw new IOException(
          "cannot listen on %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), e.getMessage()),
          e);
    }
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("http-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    Thread.ofVirtual().name("http-accept").start(this::accept);
  }

  /** The port bound, also where the address said 0. */
  public int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        admit(listening.accept());
      } catch (IOException | RuntimeException e) {
        if (!listening.isClosed()) {
          LOG.log(Level.WARNING, "an HTTP connection could not be taken", e);
          pause();
        }
      }
    }
  }

  /** Without file descriptors, accepting fails at once and again. */
  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void admit(Socket socket) {
    InetAddress peer = socket.getInetAddress();
    Optional<Connection> place = connections.open(peer, () -> close(socket));
    if (place.isEmpty()) {
      close(socket);
      return;
    }
    threads.execute(() -> {
      try {
        serve(socket, peer, place.get());
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "an HTTP connection broke off", e);
      } finally {
        close(socket);
        place.get().closed();
      }
    });
  }

  private void serve(Socket socket, InetAddress peer, Connection place) throws IOException {
    socket.setTcpNoDelay(true);
    var exchange = new HttpExchange(socket, limits.head());
    Optional<HttpRequest> request;
    Future<?> alarm = closeLater(socket, limits.request(), "http-request-time");
    try {
      request = exchange.read(peer);
    } finally {
      alarm.cancel(false);
    }
    HttpAnswer answer;
    place.beginWork();
    try {
      answer = request.map(this::answer).orElseGet(exchange::refusal);
    } finally {
      place.endWork();
    }
    alarm = closeLater(socket, limits.answer(), "http-answer-time");
    try {
      exchange.write(answer);
    } finally {
      alarm.cancel(false);
    }
  }

  private Future<?> closeLater(Socket socket, Duration limit, String what) {
    return timer.schedule(
        () -> {
          refusals.any(what);
          close(socket);
        },
        limit.toNanos(),
        TimeUnit.NANOSECONDS);
  }

  private HttpAnswer answer(HttpRequest request) {
    try {
      return handler.answer(request);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "an HTTP request failed", e);
      return FAILED;
    }
  }

  private static void close(java.io.Closeable closing) {
    try {
      closing.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "an HTTP connection did not close", e);
    }
  }

  /** Takes no new requests, and waits a little for those it has. */
  @Override
  public void close() {
    close(listening);
    connections.closeResting();
    threads.shutdown();
    try {
      var _ = threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      threads.shutdownNow();
      timer.shutdownNow();
    }
  }
}
