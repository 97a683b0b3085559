package dev.asterism.atls;

import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLEngine;

/**
 * Does the long steps of a handshake without holding its engine.
 *
 * <p>Netty runs the callbacks of an engine under that engine's monitor. A peer that hangs up in the
 * middle of a slow verification would let the event loop, which has to close the engine, wait for
 * it, and every other connection of that event loop with it. Waiting on the monitor gives it up;
 * Netty copes with an engine that was closed before its task began, and this looks no different.
 */
final class Aside {
  /** How soon work for a peer that is gone ends. */
  private static final long LOOK_MILLIS = 500;

  private Aside() {}

  /**
   * Runs {@code step} on a thread of its own.
   *
   * @param engine whose callback this is
   * @throws ExecutionException with what the step threw
   * @throws HandshakeException if the connection ended meanwhile; the step is interrupted then
   */
  static <T> T run(SSLEngine engine, String what, Callable<T> step) throws ExecutionException {
    var own = (ReferenceCountedOpenSslEngine) engine;
    var task =
        new FutureTask<>(step) {
          @Override
          protected void done() {
            synchronized (own) {
              own.notifyAll();
            }
          }
        };
    WholeStep.start("atls " + what, task);
    try {
      synchronized (own) {
        while (!task.isDone()) {
          if (own.sslPointer() == 0) {
            throw new HandshakeException("the connection ended during the " + what);
          }
          own.wait(LOOK_MILLIS);
        }
      }
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HandshakeException("the " + what + " was interrupted", e);
    } finally {
      task.cancel(true);
    }
  }
}
