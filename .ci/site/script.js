// The entry of this page in the navigation, which may be far down in its list.
const entry = document.querySelector(".site-navigation .current");
const menu = entry?.closest(".site-menu");
if (menu) menu.scrollTop = entry.offsetTop - menu.offsetTop - menu.clientHeight / 2;
