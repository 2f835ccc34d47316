// Opens a connection to the database proxy and says how that went. Put your own code in its place.

const net = require("node:net");

exports.handler = () =>
  new Promise((resolve, reject) => {
    const host = process.env.DB_HOST;
    const port = Number(process.env.DB_PORT);
    const started = Date.now();
    const socket = net.connect({ host, port, timeout: 5000 });
    socket.once("connect", () => {
      socket.destroy();
      resolve({ reached: `${host}:${port}`, milliseconds: Date.now() - started });
    });
    socket.once("timeout", () => socket.destroy(new Error(`no answer from ${host}:${port} within 5 seconds`)));
    socket.once("error", reject);
  });
